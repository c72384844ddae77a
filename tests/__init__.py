"""Tests of every room and of the whole house."""
