-- Where a source key may stand in the inbox: one filter for each 128 pages, made in the background
-- by autovacuum. An entry for each message would be paid for by every batch.
create index inbox_source_key on inbox using brin (source_key text_bloom_ops)
    with (autosummarize = on);
