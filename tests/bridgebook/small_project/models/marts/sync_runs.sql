{{ config(materialized='table') }}
select * from house.house.sync_runs
