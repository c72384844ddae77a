{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'line_id'],
    on_schema_change='fail',
    post_hook=[
        "{{ forget_vanished(journal_line_keys(false), ['source_id', 'line_id']) }}",
        "{{ refresh_classes() }}"
    ]
) }}
{{ named_journal_lines(false) }}
