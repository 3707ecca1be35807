from solacore.kit import metrics


def count(*, product, language, tier, now):
    metrics.CRISIS_REFERRALS.labels(language, tier).inc()
