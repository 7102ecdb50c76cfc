-- The stored hashes of the Merkle tree. With them a proof costs a few reads however long the log
-- is. The lowest level stands in the events themselves, as their leaf hashes; here is every eighth
-- level above it. Rows are written by whoever signs a checkpoint, after the events that they seal.

create table subtree (
    -- k for the perfect subtrees of 256^k leaves.
    level bigint not null check (level > 0),
    -- The place among those of its level: 0, 1, 2 … without a gap.
    idx bigint not null check (idx >= 0),
    -- The RFC 6962 root over the leaves 256^k * idx + 1 to 256^k * (idx + 1).
    root bytea not null check (octet_length(root) = 32),
    primary key (level, idx)
);

-- The leaves under a subtree never change, so neither does its root.
create trigger subtree_is_never_updated before update on subtree
    execute function cairn_refuse('a subtree is never altered');

create trigger subtree_is_never_deleted before delete or truncate on subtree
    execute function cairn_refuse('a subtree is never removed');
