{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'event_id'],
    on_schema_change='fail',
    post_hook="{{ forget_vanished(business_event_keys(sales_event_names(), 'customer'), ['source_id', 'event_id']) }}"
) }}
{{ business_events(sales_event_names(), 'sales_orders', 'collected', 'customer') }}
