"""The assistant of the order desk: calls of models, with what they cost and how they fail."""
