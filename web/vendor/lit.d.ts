// Types of vendor/lit.js for the type checker of the tests; browsers never load this.

export * from 'lit';
export { live } from 'lit/directives/live.js';
export { ref } from 'lit/directives/ref.js';
export { repeat } from 'lit/directives/repeat.js';
