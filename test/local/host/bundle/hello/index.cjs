const {createServer} = require('node:http');
const {text} = require('node:stream/consumers');

createServer(async (request, response) => {
  const {pid, env} = process;
  const body = JSON.parse(await text(request));
  response.end(JSON.stringify({pid, body, name: env.K_SERVICE, own: env.MILLRACE_TEST}));
}).listen(Number(process.env.PORT), process.env.HOST);
