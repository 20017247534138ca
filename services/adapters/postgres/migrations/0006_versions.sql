-- Why an earlier version of a referral stood as it did, and for whom. Null: written before this.
alter table referral_version add column reasons text, add column addressees text;
