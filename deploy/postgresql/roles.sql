-- Run once by the database's administrator: OWNER_PASSWORD=… WEB_PASSWORD=… psql --file=roles.sql (PostgreSQL 15 to 18)
-- The owner makes the tables; web and worker sign in as tannha_web and work as tannha_app, which owns nothing.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv web_password WEB_PASSWORD
create role tannha_app nologin;
create role tannha login createdb password :'owner_password';  -- createdb: for `tannha restore --rehearse`
create role tannha_web login password :'web_password';
grant tannha_app to tannha, tannha_web;
create database tannha owner tannha template template0 encoding 'UTF8';
revoke connect, temporary on database tannha from public;
grant connect on database tannha to tannha_web;
