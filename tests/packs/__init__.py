"""Tests of the SAP and U8 packs on small databases that state one trap each in the vendor's own columns."""
