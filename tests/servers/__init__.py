"""Test equipment: model servers, real and fake, on loopback only."""
