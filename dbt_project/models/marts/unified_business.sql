{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'atom_id'],
    on_schema_change='fail',
    post_hook="{{ forget_vanished(unified_keys('business'), ['source_id', 'atom_id']) }}"
) }}
{{ unified(unified_business_rows()) }}
