"""The dbt project: SQL that turns landed sources into one language and public marts."""
