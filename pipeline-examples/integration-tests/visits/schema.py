"""Makes the tables: ``python3 -m visits.schema``."""

from visits.connections import database

if __name__ == "__main__":
    database().run("CREATE TABLE visits (page text PRIMARY KEY, number bigint NOT NULL)")
    print("the tables are there")
