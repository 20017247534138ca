-- What is known of a firm beside its participations, and who waits for a participation.

-- Months of training and answers to the survey: content as JSON, without contacts.
create table firm_record (
    record_id        uuid primary key,
    kind             text not null,
    source_key       text not null,
    enterprise_id    uuid not null,
    establishment_id uuid not null,
    version          int not null,
    doc              bytea not null,
    stream           smallint not null,
    kafka_offset     bigint not null,
    updated_at       timestamptz not null
) with (fillfactor = 70);
create index firm_record_enterprise on firm_record (enterprise_id);

-- Whether a firm has any: others need not be asked for them.
alter table enterprise add column has_records boolean not null default false;

-- Under what all firms of one source key are found; only where a key has several firms.
alter table participation add column pair uuid;
create index participation_pair on participation (pair) where pair is not null;

-- Scopes whose held messages wait until something is applied under a programme and source key.
create table awaited (
    programme  text not null,
    source_key text not null,
    source     text not null,
    scope      text not null,
    primary key (programme, source_key, source, scope)
);

create or replace view integrity_breaks as
select 'participation without enterprise' as what, p.participation_id::text as id
from participation p left join enterprise e using (enterprise_id) where e.enterprise_id is null
union all
select 'participation without establishment', p.participation_id::text
from participation p left join establishment e using (establishment_id)
where e.establishment_id is null
union all
select 'identifier without enterprise', i.kind || ':' || i.value
from identifier i left join enterprise e using (enterprise_id) where e.enterprise_id is null
union all
select 'referral without decision', r.referral_id::text
from referral r left join decision d using (decision_id) where d.decision_id is null
union all
select 'referral without history', r.referral_id::text
from referral r left join referral_version v using (referral_id, version) where v.version is null
union all
select 'decision taken without decision', l.establishment_id::text
from decision_log l left join decision d using (decision_id) where d.decision_id is null
union all
select 'message of an unknown partition', i.stream || ':' || i.kafka_offset
from inbox i left join source_partition p using (stream) where p.stream is null
union all
select 'quarantined without its bytes', i.stream || ':' || i.kafka_offset
from inbox i left join quarantine q using (stream, kafka_offset)
where i.end_state = 4 and q.stream is null
union all
select 'record without enterprise', r.record_id::text
from firm_record r left join enterprise e using (enterprise_id)
where e.enterprise_id is null or not e.has_records
union all
select 'record without establishment', r.record_id::text
from firm_record r left join establishment e using (establishment_id)
where e.establishment_id is null
union all
select 'waiting without a memory', a.source || ':' || a.scope
from awaited a left join scope_state s using (source, scope) where s.scope is null;
