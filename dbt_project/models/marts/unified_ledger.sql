{{ config(materialized='view') }}
{{ unified_ledger_rows() }}
