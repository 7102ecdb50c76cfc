-- The role of the servers. `cairn migrate` gives it the rights that it needs and no others.
\set password `printenv CAIRN_APP_PASSWORD`
create role cairn_app login password :'password';
