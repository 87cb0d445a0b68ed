"""From a pile of files to learners and their files: archives, shapes of piles, names."""
