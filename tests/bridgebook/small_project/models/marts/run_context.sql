{{ config(materialized='table') }}
select
    build_id,
    as_of,
    (select count(*) from house.house.rule_customer_kinds) as own_rules
from house.house.run_context
