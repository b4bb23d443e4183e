"""A trained model at work in the spaCy pipeline: wordpieces, encoder, and what is read off its vectors."""
