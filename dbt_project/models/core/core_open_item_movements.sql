{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'movement_id'],
    on_schema_change='fail',
    post_hook="{{ forget_vanished(ref('core_open_item_rows'), ['source_id', 'movement_id']) }}"
) }}
with
movement as (select * from {{ ref('core_open_item_rows') }})

select
    source_id,
    company_code,
    base_currency_code,
    open_item_id,
    movement_id,
    movement_date,
    movement_kind,
    item_kind,
    side,
    account_code,
    partner_kind,
    partner_code,
    document_entity,
    document_id,
    document_no,
    document_date,
    due_date,
    currency_code,
    is_posted,
    amount,
    document_amount,
    is_beginning,
    changed_seq
from movement
{% if is_incremental() %}
-- A ledger-only item is a difference: it changes when one of its parts goes, which leaves no newer stamp. And rows that
-- were always there become items when a company's ledger begins to clear.
where {{ is_new('movement') }} or item_kind = 'ledger_only' or {{ is_missing('movement', ['source_id', 'movement_id']) }} {{ or_relabelled('movement', ['source_id', 'movement_id'], ['partner_code']) }}
{% endif %}
