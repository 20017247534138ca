-- What people decide about firms: merge, split, dismiss, and what takes each of them back.

-- Into which firm another has been merged; it keeps its row and its id.
alter table enterprise add column merged_into uuid;

-- Which workplace a number names, where a person has said that it is another number's.
alter table identifier add column place_id uuid;
create index identifier_enterprise on identifier (enterprise_id);
create index establishment_enterprise on establishment (enterprise_id);

-- state: open, merged, split, dismissed. act: the number of the act that decided.
alter table identity_review add column state text not null default 'open';
alter table identity_review add column act bigint;
create index identity_review_open on identity_review (opened_at) where state = 'open';

-- act: its place in the hub's own stream. moved: what stood where before, as JSON, so that the act
-- can be taken back exactly. undone: the act that took it back.
create table identity_act (
    act         bigint primary key,
    kind        text not null,
    at          timestamptz not null,
    by          text not null,
    why         text not null,
    enterprises uuid[] not null,
    review_id   uuid,
    undoes      bigint,
    undone      bigint,
    moved       bytea not null
);
create index identity_act_enterprises on identity_act using gin (enterprises);
