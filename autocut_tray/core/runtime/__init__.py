"""What this machine is: hardware, model servers, editors."""
