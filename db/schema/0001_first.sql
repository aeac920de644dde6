-- The first schema. ASCII only: the file is embedded into the program byte by byte.
-- A migration is never edited once it was released; the next change is the next file.
PRAGMA application_id = 1400333676; -- 0x5377656c, "Swel"

-- The journal: hash chain as in db/journal.h. The body comes last, so that a reader of the small
-- columns need not follow its overflow pages.
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    rollout INTEGER NOT NULL,
    host    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32),
    body    TEXT NOT NULL
) STRICT;

CREATE INDEX journal_by_rollout ON journal (rollout);
CREATE INDEX journal_by_host ON journal (host);
CREATE INDEX journal_by_kind ON journal (kind);

-- Where the chain ends: events cut off at the end would leave a chain that is right in itself.
CREATE TABLE journal_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO journal_head VALUES (1, 0, zeroblob(32));

CREATE TRIGGER journal_follows BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT seq + 1 FROM journal_head)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: an event must follow the last one');
END;

CREATE TRIGGER journal_moves_head AFTER INSERT ON journal
BEGIN
    UPDATE journal_head SET seq = NEW.seq, hash = NEW.hash;
END;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: an event is never changed');
END;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: an event is never removed');
END;

CREATE TRIGGER journal_head_only_forward BEFORE UPDATE ON journal_head
WHEN NEW.seq IS NOT OLD.seq + 1
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: its end only moves forward');
END;

CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: its end is never removed');
END;

-- The inventory. The id of a host is its place in the file; place is that of the host within the
-- group's own list.
CREATE TABLE host (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE host_group (
    host  INTEGER NOT NULL REFERENCES host (id) ON DELETE CASCADE,
    name  TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (host, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE host_var (
    host  INTEGER NOT NULL REFERENCES host (id) ON DELETE CASCADE,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (host, name)
) STRICT, WITHOUT ROWID;

-- Plans by digest: the bytes of their file.
CREATE TABLE plan (
    digest TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    bytes  BLOB NOT NULL
) STRICT;

CREATE TRIGGER plan_no_update BEFORE UPDATE ON plan
BEGIN
    SELECT RAISE(ABORT, 'a plan is never changed');
END;
