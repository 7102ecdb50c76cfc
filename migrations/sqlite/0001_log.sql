-- The log: events in one total order, the head that seals them, the checkpoints that were signed.
-- Every table is strict: a column that could hold another type could be altered without a trace
-- in its text.

create table event (
    -- The place in the log: 1, 2, 3 … without a gap. Given by the writer under the lock of the
    -- head row, so it is an ordinary key and never a sequence, which would leave gaps.
    position integer primary key check (position > 0),
    project text not null check (project <> ''),
    -- The place in the project: 1, 2, 3 … without a gap.
    version integer not null check (version > 0),
    -- A UUID in its 16 bytes: one spelling only.
    event_id blob not null check (length(event_id) = 16),
    type text not null check (type <> ''),
    schema_version integer not null check (schema_version > 0),
    -- An ISO date.
    occurred_on text not null check (occurred_on <> ''),
    -- Whole microseconds UTC since 1970: no text form of an instant is unique.
    recorded_at integer not null,
    actor_subject text not null,
    -- Null for an actor who acts for no partner.
    actor_partner integer check (actor_partner >= 0),
    actor_role text not null,
    -- Exact bytes: what is hashed is what is read back.
    payload blob not null,
    -- SHA-256 sums; another length is another thing.
    payload_hash blob not null check (length(payload_hash) = 32),
    digest blob not null check (length(digest) = 32),
    leaf_hash blob not null check (length(leaf_hash) = 32),
    -- Two writers that both decided on version n cannot both be recorded.
    unique (project, version),
    -- A posting sent again cannot be recorded again.
    unique (project, event_id)
) strict;

create table head (
    -- One row: the lock that writers take turns on.
    id integer primary key check (id = 1),
    -- The position of the last event.
    position integer not null check (position >= 0),
    -- The RFC 6962 root over the leaves 1 to position.
    tree_head blob not null check (length(tree_head) = 32),
    -- The compact range: roots of the perfect subtrees, largest first, 32 bytes each.
    frontier blob not null check (length(frontier) % 32 = 0)
) strict;

create table checkpoint (
    -- One signed note a tree size: two for one size would say the same.
    position integer primary key check (position >= 0),
    note text not null check (note <> '')
) strict;

-- The root of the empty tree is the SHA-256 of nothing.
insert into head (id, position, tree_head, frontier) values
    (1, 0, x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', x'');

-- A correction is a further event. These triggers stop mistakes and casual hands; what gets past
-- them (a changed file, a dropped trigger) is found by verify.
create trigger event_is_never_updated before update on event begin
    select raise(abort, 'an event is never altered');
end;

create trigger event_is_never_deleted before delete on event begin
    select raise(abort, 'an event is never removed');
end;

-- "insert or replace" deletes without asking the trigger above.
create trigger event_is_never_replaced before insert on event
when exists (select 1 from event where position = new.position)
    or exists (select 1 from event where project = new.project and version = new.version)
    or exists (select 1 from event where project = new.project and event_id = new.event_id)
begin
    select raise(abort, 'an event is never replaced');
end;

create trigger head_is_never_deleted before delete on head begin
    select raise(abort, 'the head is never removed');
end;

create trigger head_is_never_replaced before insert on head begin
    select raise(abort, 'the head is never replaced');
end;

create trigger head_never_goes_back before update on head when new.position < old.position begin
    select raise(abort, 'the head never goes back');
end;

create trigger checkpoint_is_never_updated before update on checkpoint begin
    select raise(abort, 'a checkpoint is never altered');
end;

create trigger checkpoint_is_never_deleted before delete on checkpoint begin
    select raise(abort, 'a checkpoint is never removed');
end;

create trigger checkpoint_is_never_replaced before insert on checkpoint
when exists (select 1 from checkpoint where position = new.position) begin
    select raise(abort, 'a checkpoint is never replaced');
end;
