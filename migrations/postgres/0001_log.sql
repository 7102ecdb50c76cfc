-- The log: events in one total order, the head that seals them, the checkpoints that were signed.
-- The same tables, with the same meaning, as in migrations/sqlite. Names carry no schema, so the
-- log lives in the first schema of the search path, which may be one of its own.

create table cairn_schema (
    -- One row: the mark that these tables are Cairn's, and the lock under which they change.
    id bigint primary key check (id = 1),
    -- The number of the newest migration that was applied here.
    version bigint not null check (version > 0)
);

insert into cairn_schema (id, version) values (1, 1);

create table event (
    -- The place in the log: 1, 2, 3 … without a gap. Given by the writer under the lock of the
    -- head row, so it is an ordinary key and never a sequence, which would leave gaps.
    position bigint primary key check (position > 0),
    -- Compared by its bytes: quicker, and an index by the host's language breaks when the host's
    -- library changes its order.
    project text collate "C" not null check (project <> ''),
    -- The place in the project: 1, 2, 3 … without a gap.
    version bigint not null check (version > 0),
    event_id uuid not null,
    type text not null check (type <> ''),
    schema_version bigint not null check (schema_version > 0),
    -- An ISO date, as the text that was hashed.
    occurred_on text not null check (occurred_on <> ''),
    -- Whole microseconds UTC since 1970: no text form of an instant is unique.
    recorded_at bigint not null,
    actor_subject text not null,
    -- Null for an actor who acts for no partner.
    actor_partner bigint check (actor_partner >= 0),
    actor_role text not null,
    -- Exact bytes, never JSONB: what is hashed is what is read back.
    payload bytea not null,
    -- SHA-256 sums; another length is another thing.
    payload_hash bytea not null check (octet_length(payload_hash) = 32),
    digest bytea not null check (octet_length(digest) = 32),
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
    -- Two writers that both decided on version n cannot both be recorded.
    unique (project, version),
    -- A posting sent again cannot be recorded again.
    unique (project, event_id)
);

create table head (
    -- One row: the lock that writers take turns on.
    id bigint primary key check (id = 1),
    -- The position of the last event.
    position bigint not null check (position >= 0),
    -- The RFC 6962 root over the leaves 1 to position.
    tree_head bytea not null check (octet_length(tree_head) = 32),
    -- The compact range: roots of the perfect subtrees, largest first, 32 bytes each.
    frontier bytea not null check (octet_length(frontier) % 32 = 0)
);

create table checkpoint (
    -- One signed note a tree size: two for one size would say the same.
    position bigint primary key check (position >= 0),
    note text not null check (note <> '')
);

-- The root of the empty tree is the SHA-256 of nothing.
insert into head (id, position, tree_head, frontier) values
    (1, 0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '');

-- A correction is a further event. These triggers stop mistakes and casual hands, the owner's too;
-- what gets past them (a disabled trigger, a changed file) is found by verify. None of them is
-- called when an event is appended: those of `event` fire on other statements, and that of an
-- updated head compares two numbers first.
create function cairn_refuse() returns trigger language plpgsql as $$
begin
    raise exception '%', tg_argv[0] using errcode = 'restrict_violation';
end
$$;

create trigger event_is_never_updated before update on event
    execute function cairn_refuse('an event is never altered');

create trigger event_is_never_deleted before delete or truncate on event
    execute function cairn_refuse('an event is never removed');

create trigger head_is_never_deleted before delete or truncate on head
    execute function cairn_refuse('the head is never removed');

create trigger head_is_never_replaced before insert on head
    execute function cairn_refuse('the head is never replaced');

create trigger head_never_goes_back before update on head
    for each row when (new.position < old.position)
    execute function cairn_refuse('the head never goes back');

create trigger checkpoint_is_never_updated before update on checkpoint
    execute function cairn_refuse('a checkpoint is never altered');

create trigger checkpoint_is_never_deleted before delete or truncate on checkpoint
    execute function cairn_refuse('a checkpoint is never removed');
