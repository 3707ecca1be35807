def name(*, user_id, session_id, concepts, now):
    pass
