// Types of vendor/idb.js for the type checker of the tests; browsers never load this.

export * from 'idb';
