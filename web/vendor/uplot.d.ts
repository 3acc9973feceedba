// Types of vendor/uplot.js for the type checker of the tests; browsers never load this.

export { default } from 'uplot';
