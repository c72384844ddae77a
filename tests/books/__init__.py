"""Tests of the voucher book store."""
