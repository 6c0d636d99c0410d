// What no function can be faster than.
const {createServer} = require('node:http');

createServer((_request, response) => response.writeHead(204).end()).listen(
  process.env.PORT,
  process.env.HOST,
);
