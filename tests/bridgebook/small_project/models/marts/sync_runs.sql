{{ config(materialized='table') }}
select * from {{ source('house', 'sync_runs') }}
