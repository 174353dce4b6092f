"""What pages show: plain values in the reader's words, ready for a template that asks nothing more."""
