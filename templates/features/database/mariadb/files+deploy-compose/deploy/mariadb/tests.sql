-- `make test` makes a database of its own beside the service's.
GRANT ALL ON `app\_test`.* TO 'app'@'%';
