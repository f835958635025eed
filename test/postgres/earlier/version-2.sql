-- What made version 2 of the schema of version 1, to the letter; `:schema` stands for its name. Never to be changed.
ALTER TABLE message ADD COLUMN key_from text;
CREATE OR REPLACE VIEW stored AS
  SELECT m.place, m.participant, m.direction, m.partner, m.identity, m.type, m.version, m.message_id,
    m.conversation_id, m.content, m.at, m.verified_by, m.answers, m.verdict, m.keys,
    replace(encode(m.body, 'base64'), E'\n', '') AS body, t.state, t.attempts, m.key_from
  FROM message m LEFT JOIN task t ON t.place = m.place AND t.main;
