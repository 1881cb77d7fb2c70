"""From a specification to the files of a project."""
