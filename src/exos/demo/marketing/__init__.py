"""Marketing: who the people are, what reached them, and what they did then."""
