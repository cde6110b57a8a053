/**
 * The counties of the example with the first six digits of their 13-digit ids. Some names hold a
 * comma, a quote or letters beyond ASCII, and the last ids start with zeros, because such rows are
 * where readers of CSV files go wrong. Some counties of different cities share a name.
 */

/** One county a line: code, province, city, county. */
const table = `
110101 | Beijing | Beijing | Dongcheng
110102 | Beijing | Beijing | Xicheng
110105 | Beijing | Beijing | Chaoyang
110106 | Beijing | Beijing | Fengtai
110108 | Beijing | Beijing | Haidian
120101 | Tianjin | Tianjin | Heping
120103 | Tianjin | Tianjin | Hexi
120104 | Tianjin | Tianjin | Nankai
130102 | Hebei | Shijiazhuang | Chang'an
130104 | Hebei | Shijiazhuang | Qiaoxi
130105 | Hebei | Shijiazhuang | Xinhua
130202 | Hebei | Tangshan | Lunan
130203 | Hebei | Tangshan | Lubei
140105 | Shanxi | Taiyuan | Xiaodian
140106 | Shanxi | Taiyuan | Yingze
141102 | Shanxi | Lüliang | Lishi
141181 | Shanxi | Lüliang | Xiaoyi
150102 | Inner Mongolia | Hohhot | Xincheng
150103 | Inner Mongolia | Hohhot | Huimin
150203 | Inner Mongolia | Baotou | Kundulun
210102 | Liaoning | Shenyang | Heping
210103 | Liaoning | Shenyang | Shenhe
210202 | Liaoning | Dalian | Zhongshan
210203 | Liaoning | Dalian | Xigang
310101 | Shanghai | Shanghai | Huangpu
310104 | Shanghai | Shanghai | Xuhui
310105 | Shanghai | Shanghai | Changning
310115 | Shanghai | Shanghai | Pudong
320102 | Jiangsu | Nanjing | Xuanwu
320106 | Jiangsu | Nanjing | Gulou
320302 | Jiangsu | Xuzhou | Gulou
320505 | Jiangsu | Suzhou | Huqiu
320506 | Jiangsu | Suzhou | Wuzhong
330102 | Zhejiang | Hangzhou | Shangcheng
330106 | Zhejiang | Hangzhou | Xihu
330203 | Zhejiang | Ningbo | Haishu
330205 | Zhejiang | Ningbo | Jiangbei
350102 | Fujian | Fuzhou | Gulou
350203 | Fujian | Xiamen | Siming
350206 | Fujian | Xiamen | Huli
370102 | Shandong | Jinan | Lixia
370103 | Shandong | Jinan | Shizhong
370202 | Shandong | Qingdao | Shinan
410102 | Henan | Zhengzhou | Zhongyuan
410105 | Henan | Zhengzhou | Jinshui
410302 | Henan | Luoyang | Laocheng
420102 | Hubei | Wuhan | Jiang'an
420106 | Hubei | Wuhan | Wuchang
420111 | Hubei | Wuhan | Hongshan
430102 | Hunan | Changsha | Furong
430104 | Hunan | Changsha | Yuelu
430802 | Hunan | Zhangjiajie | Yongding
440103 | Guangdong | Guangzhou | Liwan
440104 | Guangdong | Guangzhou | Yuexiu
440106 | Guangdong | Guangzhou | Tianhe
440304 | Guangdong | Shenzhen | Futian
440305 | Guangdong | Shenzhen | Nanshan
440306 | Guangdong | Shenzhen | Bao'an
500103 | Chongqing | Chongqing | Yuzhong
500105 | Chongqing | Chongqing | Jiangbei
500106 | Chongqing | Chongqing | Shapingba
510104 | Sichuan | Chengdu | Jinjiang
510105 | Sichuan | Chengdu | Qingyang
510107 | Sichuan | Chengdu | Wuhou
530102 | Yunnan | Kunming | Wuhua
530702 | Yunnan | Lijiang | Gucheng "Old Town"
530721 | Yunnan | Lijiang | Yulong, Naxi Autonomous County
610102 | Shaanxi | Xi'an | Xincheng
610103 | Shaanxi | Xi'an | Beilin
610113 | Shaanxi | Xi'an | Yanta
650102 | Xinjiang | Ürümqi | Tianshan
650103 | Xinjiang | Ürümqi | Saybağ
810001 | Hong Kong | Hong Kong | 中西區
810003 | Hong Kong | Hong Kong | Wan Chai
000101 | Overseas | Singapore | Central, Singapore
000201 | Overseas | São Paulo | Sé
000301 | Overseas | Zürich | Kreis 1 "Altstadt"
`;

export const counties = table
  .trim()
  .split('\n')
  .map((line) => {
    const [code, province, city, county] = line.split(' | ');
    return { code, province, city, county };
  });
