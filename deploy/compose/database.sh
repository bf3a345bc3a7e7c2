#!/bin/sh
# Once, when the database's volume is empty: the roles and the database of roles.sql, with the passwords of database.env.
set -eu
psql --username=postgres --file=/etc/postgresql/roles.sql
