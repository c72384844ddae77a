{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'event_id'],
    on_schema_change='fail',
    post_hook="{{ forget_vanished(business_event_keys(procurement_event_names(), 'supplier'), ['source_id', 'event_id']) }}"
) }}
{{ business_events(procurement_event_names(), 'purchase_orders', 'paid', 'supplier') }}
