{{ config(materialized='view') }}
{{ unified_business_rows() }}
