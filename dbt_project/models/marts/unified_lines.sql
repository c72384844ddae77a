{{ config(materialized='view') }}
{{ unified_business_rows() ~ ' union all ' ~ unified_ledger_rows() }}
