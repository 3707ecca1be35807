"""What engineers may see, and what Sentry is never sent."""

import json

import sentry_sdk
from sentry_sdk.transport import Transport

from solacore import observability


def test_sentry_is_told_types_and_places_never_words():
    sent: list[str] = []
    secret = "canary-91b2 my private worry"

    class Sink(Transport):
        def capture_envelope(self, envelope) -> None:
            sent.append(envelope.serialize().decode())

    with sentry_sdk.new_scope():
        observability.start_sentry(
            dsn="https://key@sentry.invalid/1",
            environment="test",
            release="0",
            traces_sample_rate=0,
        )
        client = sentry_sdk.get_client()
        client.transport = Sink(client.options)
        try:
            words = secret  # a local, as a view would hold it
            raise ValueError(f"row contains {words}")
        except ValueError as error:
            sentry_sdk.capture_exception(error)
        sentry_sdk.capture_message(f"said: {secret}")
        client.close()
        sentry_sdk.init()  # nobody listens from here on

    assert sent
    assert any("ValueError" in envelope for envelope in sent)
    for envelope in sent:
        assert "canary" not in envelope
    assert json.loads(sent[0].splitlines()[0])


def test_unknown_keys_of_a_log_record_are_dropped():
    record = observability._allow_listed(None, "", {"event": "x", "content": "words", "status": 5})
    assert record == {"event": "x", "status": 5}
