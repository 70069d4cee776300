"""What a config file says, as frozen models, and the checks across them."""
