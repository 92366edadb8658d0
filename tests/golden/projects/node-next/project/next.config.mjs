export default {
  output: 'standalone',
  basePath: '/store',
};
