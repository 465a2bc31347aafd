"""A mobile network: its subscribers, the offers made to them, and its sites."""
